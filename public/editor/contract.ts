/** What the editor's bundle gives the pages. It is loaded only where code is shown. */
import type { LuaReference } from '../api/types.js'

export interface Problem { message: string, line: number, column?: number }

export interface CodeEditor {
  value (): string
  /** Replaces the code as one step that can be undone. */
  set (code: string): void
  focus (): void
  /** Marks what is wrong; nothing is marked for undefined. */
  mark (problem: Problem | undefined): void
  goTo (line: number, column?: number): void
  insert (text: string): void
  dispose (): void
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
  show (original: string, modified: string): void
  dispose (): void
}

export interface EditorModule {
  createEditor (host: HTMLElement, options: EditorOptions): CodeEditor
  createDiff (host: HTMLElement, labels: { original: string, modified: string }): DiffView
  /**
   * Completion, hover and signature help speak of these APIs; what they do not know yet they wait for. `needs` are
   * words for "load it first".
   */
  describeApis (coming: Promise<LuaReference>, needs: () => string): void
  /** Takes the page's colours. */
  refreshTheme (): void
}
