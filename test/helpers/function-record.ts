import type { FunctionRecord, VersionRecord } from '../../core/contracts/records.js'

export const functionRecord = (change: Partial<FunctionRecord> = {}): FunctionRecord => ({
  id: 'f0000000000000000000',
  name: 'a function',
  description: undefined,
  disabled: false,
  retentionDays: undefined,
  cronSchedule: undefined,
  cronStatus: 'paused',
  cronCatchUp: false,
  allowSameOrigin: false,
  slug: undefined,
  frontDoor: undefined,
  saveResponse: false,
  createdAt: 1_700_000_000,
  updatedAt: 1_700_000_000,
  ...change
})

export const versionRecord = (functionId: string): VersionRecord => ({
  id: `ver_${functionId}_v1`,
  functionId,
  version: 1,
  code: 'function handler(ctx, event) return {} end',
  createdAt: 1_700_000_000,
  isActive: true
})
