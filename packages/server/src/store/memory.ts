import type { LlmCall } from '@inferometer/core/call'
