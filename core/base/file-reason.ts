/** Why the system refuses a file or folder, in words that people can act on. */

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user has no right to do that',
  EPERM: 'that file system or its owner does not allow it',
  ENOENT: 'that file system has no such folders',
  EEXIST: 'a link that leads nowhere is in its place',
  EROFS: 'that file system is read-only',
  ENOSPC: 'the disk has no room, or takes no more files (df and df -i say which)',
  EDQUOT: "this user's share of the disk is used up",
  EFBIG: 'the limit on the size of files is reached',
  EIO: 'the disk refused it: look at its health',
  EMFILE: 'this process may open no more files: raise LimitNOFILE of the unit, or ulimit -n',
  ENFILE: 'the machine can open no more files: raise fs.file-max',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long'
}

/** Such as `that file system is read-only (EROFS)`; undefined where there is nothing to say. */
export function fileReason(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined || reasons[code] === undefined
    ? undefined
    : `${reasons[code]} (${code})`
}
