import t from 'tap'
import { testStorage } from '../../contracts/storage.js'
import { openNew } from './open-storage.js'

testStorage(t, openNew)
