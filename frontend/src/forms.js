// Progressive enhancement of server-rendered pages. Nothing here is needed to use them: each part finds its own
// attributes and does nothing where there are none.
import { watchDrafts } from './forms/drafts.js';
import { watchSubmits } from './forms/submits.js';
import { watchDialogs } from './forms/dialogs.js';
import { watchCountdowns } from './forms/countdowns.js';
import { watchLists } from './forms/lists.js';
import { watchSmallThings } from './forms/small.js';
import { watchSession } from './forms/session.js';
import { watchTyped } from './forms/typed.js';
import { takeUpWhatCameFirst } from './forms/early.js';

// What only long forms need comes with them, before everything that looks at their fields.
const FILLING =
  '[data-rule], [data-rows], [data-upload-url], [data-matrix], [data-reading-pane], [data-sums], [data-sum-of], ' +
  '[data-progress-url]';
const filling = document.querySelector(FILLING) && (await import('./forms/filling.js'));

filling?.watchRules();
filling?.watchRows();
watchDialogs(); // before drafts and submits: a refused confirmation must stop both
watchSubmits(); // and so must a form that can't leave the page
filling?.watchProgress();
watchTyped();
watchDrafts();
filling?.watchUploads();
watchCountdowns();
watchLists();
watchSmallThings();
filling?.watchMatrices();
filling?.watchReading();
filling?.watchSums();
watchSession();
takeUpWhatCameFirst();
document.documentElement.classList.add('tw-scripted');
