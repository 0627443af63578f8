/** A number as `tostring` writes it, for the modules and the border: the engine's own rules. */
export { numberToString as numberText } from '../../core/base/number-text.js'
