/** The dashboard's beginning: everything registers itself with Alpine, then the page of the address is shown. */
import { Alpine } from './alpine.js'
import { observe } from './api/client.js'
import { installLongTexts } from './format/long-text.js'
import { installFormats, startClock } from './format/values.js'
import { installProse } from './format/prose.js'
import { installTexts } from './i18n/directive.js'
import { chooseLanguage, language } from './i18n/locale.js'
import { onReached, onUnreachable, watchConnection } from './shell/connection.js'
import { placeLinks } from './shell/links.js'
import { startRouter } from './shell/router.js'
import { onAccepted, onSignedOut } from './shell/session.js'
import './shell/dialogs.js'
import './shell/later.js'
import './shell/palette.js'
import './shell/shell.js'
import './shell/theme.js'
import { followTitle } from './shell/title.js'
import './pages/account.js'
import './pages/function.js'
import './pages/function/gone.js'
import './pages/function/code/page.js'
import './pages/function/execution/page.js'
import './pages/function/executions/page.js'
import './pages/function/code/reference.js'
import './pages/function/settings.js'
import './pages/function/test/page.js'
import './pages/function/versions/page.js'
import './pages/functions.js'
import './pages/kv/page.js'
import './pages/login.js'
import './pages/new.js'
import './pages/plugin/page.js'
import './pages/settings/danger.js'
import './pages/settings/general.js'
import './pages/settings/origin.js'
import './pages/settings/records.js'
import './pages/settings/schedule.js'

observe({
  onSignedOut,
  onAccepted,
  onUnreachable,
  onReached,
  onMissing: () => dispatchEvent(new CustomEvent('moonlet:missing'))
})
installTexts()
installProse()
installLongTexts()
installFormats()
startClock()
chooseLanguage(language.locale)
placeLinks()
Alpine.start()
startRouter()
followTitle()
watchConnection()
