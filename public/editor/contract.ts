/** What the editor's bundle gives the pages. It is loaded only where code is shown. */
import type { LuaModule } from '../api/modules.js'
import type { LuaReference } from '../api/lua-reference.js'

export interface Problem {
  message: string
  line: number
  column?: number
}

export interface CodeEditor {
  value(): string
  /** Replaces the code as one step that can be undone. */
  set(code: string): void
  focus(): void
  /** Marks what is wrong; nothing is marked for undefined. */
  mark(problem: Problem | undefined): void
  goTo(line: number, column?: number): void
  insert(text: string): void
  dispose(): void
}

export interface EditorOptions {
  label: string
  code: string
  readOnly?: boolean
  onChange?: (code: string) => void
  onSave?: () => void
  onRun?: () => void
}

export interface DiffView {
  show(original: string, modified: string): void
  /** The right side as it is now. */
  value(): string
  dispose(): void
}

export interface DiffOptions {
  readonly original: string
  readonly modified: string
  /** The right side can be typed in, and takes blocks over from the left. */
  readonly editable?: boolean
}

export interface EditorModule {
  createEditor(host: HTMLElement, options: EditorOptions): CodeEditor
  createDiff(host: HTMLElement, options: DiffOptions): DiffView
  /**
   * Completion, hover and signature help speak of these APIs; what they do not know yet they wait for. `needs` are
   * words for "load it first".
   */
  describeApis(coming: Promise<LuaReference>, needs: () => string): void
  /** The same of shared modules; what they were said to be before holds no more. */
  describeShared(coming: Promise<readonly LuaModule[]>): void
  /** Takes the page's colours. */
  refreshTheme(): void
}
