// What every page does once it is there. Each behaviour looks for its own `data-` attributes.

import { searchSelects } from "./comboboxes.js";
import { copyLinks } from "./copying.js";
import { openDialogs } from "./dialogs.js";
import { focusErrors } from "./errors.js";
import { closeMenus } from "./menus.js";
import { followNews } from "./news.js";
import { tellOffline } from "./offline.js";
import { showPasswords } from "./passwords.js";
import { showPending } from "./pending.js";
import { searchPickers } from "./pickers.js";
import { openSheets } from "./sheets.js";
import { showCurrentTabs } from "./tabs.js";
import { useOwnZone, keepRelative } from "./times.js";
import { installWorker } from "./worker.js";

focusErrors();
showPending();
showPasswords();
closeMenus();
openDialogs();
openSheets();
searchPickers();
searchSelects();
tellOffline();
showCurrentTabs();
copyLinks();
useOwnZone();
keepRelative();
followNews();
installWorker();

// Few pages send files.
if (document.querySelector("form[data-upload]")) import("./uploads.js").then(({ followUploads }) => followUploads());
