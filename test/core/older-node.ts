/** A Node.js of this machine that is too old to run Moonlet; undefined where there is none. */
import { spawnSync } from 'node:child_process'

const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(':')]

export const olderNode: string | undefined = folders
  .map(folder => `${folder}/node`)
  .find(node => {
    const { status, stdout } = spawnSync(node, ['-p', 'process.versions.napi'], {
      env: {},
      encoding: 'utf8'
    })
    return status === 0 && Number(stdout) < 10
  })
