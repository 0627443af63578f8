/** What container engines let a container ask of the kernel, unless told otherwise, in the form that crun reads. */
import { readFile } from 'node:fs/promises'

export type EngineProfile = 'docker' | 'podman'

interface Rule {
  readonly names: readonly string[]
  readonly action: string
  readonly args?: readonly unknown[]
  readonly errnoRet?: number
  readonly includes?: { readonly caps?: readonly string[]; readonly minKernel?: string }
  readonly excludes?: { readonly caps?: readonly string[] }
}

/** Podman's default, as Debian's package golang-github-containers-common has it. */
export const PROFILE = '/usr/share/containers/seccomp.json'

const NAMESPACE_CALLS = ['clone', 'clone3', 'setns', 'unshare']
/** CLONE_NEWNS, -NEWCGROUP, -NEWUTS, -NEWIPC, -NEWUSER, -NEWPID and -NEWNET together. */
const CLONE_NEW = 0x7e020000
const EPERM = 1
const ENOSYS = 38

/**
 * Podman's profile for a container without capabilities, or with what Docker's differs by for sandboxes: there,
 * no namespace can be made without CAP_SYS_ADMIN.
 */
export async function seccompOf(engine: EngineProfile): Promise<object> {
  const { defaultErrnoRet, syscalls } = JSON.parse(await readFile(PROFILE, 'utf8'))
  const rules = (syscalls as Rule[])
    .filter(({ includes }) => includes?.caps === undefined)
    .map(({ names, action, args, errnoRet }) => ({
      names:
        engine === 'docker' ? names.filter(name => !NAMESPACE_CALLS.includes(name)) : [...names],
      action,
      ...(args === undefined || args.length === 0 ? {} : { args }),
      ...(errnoRet === undefined ? {} : { errnoRet })
    }))
    .filter(({ names }) => names.length > 0)
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: defaultErrnoRet ?? EPERM,
    architectures: ['SCMP_ARCH_X86_64'],
    syscalls: engine === 'docker' ? [...rules, ...docker] : rules
  }
}

const docker = [
  {
    names: ['clone'],
    action: 'SCMP_ACT_ALLOW',
    args: [{ index: 0, value: CLONE_NEW, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }]
  },
  // The C library falls back to clone, whose flags can be looked at.
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS }
]
