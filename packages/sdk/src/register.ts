/** `node --import @inferometer/sdk/register app.js`, or `-r` for CommonJS: starts with what the environment says. */
import { start } from './start.ts'

start()
