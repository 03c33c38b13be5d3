/** The server that is killed: run with the ports and the folder as JSON in the first argument. It tells when it is ready. */
import { startServer } from '../../packages/server/src/index.ts'

await startServer(JSON.parse(process.argv[2] ?? '{}'))
process.stdout.write('ready\n')
