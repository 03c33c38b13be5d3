import type { FinishReason } from '../call.ts'
import { AwsEventStreamReader } from './aws-event-stream.ts'
