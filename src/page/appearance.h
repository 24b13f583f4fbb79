#pragma once

namespace eulerpublisher::page {

// The style sheet of every page.
extern const char* const style_sheet;
// The one script of every page: a box to filter each long table.
extern const char* const filter_script;
// The script's hash, as a Content-Security-Policy names it.  Whoever changes the script changes this too; a
// browser tells the right one, and runs none without it.
extern const char* const filter_script_hash;

}  // namespace eulerpublisher::page
