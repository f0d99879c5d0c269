// Progressive enhancement of server-rendered pages. Nothing here is needed to use them: each part finds its own
// attributes and does nothing where there are none.
import { watchRules } from './forms/rules.js';
import { watchRows } from './forms/rows.js';
import { watchDrafts } from './forms/drafts.js';
import { watchSubmits } from './forms/submits.js';
import { watchDialogs } from './forms/dialogs.js';
import { watchUploads } from './forms/uploads.js';
import { watchCountdowns } from './forms/countdowns.js';
import { watchLists } from './forms/lists.js';
import { watchSmallThings } from './forms/small.js';
import { watchMatrices } from './forms/matrix.js';
import { watchReading } from './forms/reading.js';
import { watchSums } from './forms/sums.js';
import { watchSession } from './forms/session.js';
import { watchProgress } from './forms/progress.js';
import { watchTyped } from './forms/typed.js';

watchRules();
watchRows();
watchDialogs();      // before drafts and submits: a refused confirmation must stop both
watchSubmits();      // and so must a form that can't leave the page
watchProgress();
watchTyped();
watchDrafts();
watchUploads();
watchCountdowns();
watchLists();
watchSmallThings();
watchMatrices();
watchReading();
watchSums();
watchSession();
document.documentElement.classList.add('tw-scripted');
