export { type App, createApp, type Effects } from './app.ts'
export { configSchema, parseConfig, type ServerConfig, type ServerSettings } from './config.ts'
export { type ErrorCode, errorCatalogue } from './errors.ts'
export { type Addresses, type RunningServer, startServer } from './main.ts'
