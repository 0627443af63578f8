/** How much a plugin may be, with all that it brings along. */
import { MoonletError } from '../../base/errors.js'

const MAX_FILES = 20_000
const MIB = 1024 ** 2
const MAX_BYTES = 256 * MIB

/** Whoever runs the server reads them, and nobody but the owner changes them. */
export const FILE_MODE = 0o644
export const PROGRAM_MODE = 0o755
export const FOLDER_MODE = 0o755

/** Throws VALIDATION when it is used up, with words that go on from the plugin's archive or folder. */
export class Allowance {
  private files = 0
  private bytes = 0

  constructor(
    private readonly maxFiles = MAX_FILES,
    private readonly maxBytes = MAX_BYTES
  ) {}

  addFile(): void {
    if (++this.files > this.maxFiles) {
      throw new MoonletError('VALIDATION', `has more than ${this.maxFiles} files`)
    }
  }

  addBytes(count: number): void {
    this.bytes += count
    if (this.bytes > this.maxBytes) {
      throw new MoonletError('VALIDATION', `has more than ${this.maxBytes / MIB} MiB`)
    }
  }
}
