/** Property tests take the same inputs in every run; FUZZ_SEED=… takes others, for looking further. */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 20261122) })
