// The list of conversations keeps itself fresh.

import { keepRows } from "./rows.js";

if (!new URLSearchParams(location.search).has("page")) keepRows();
