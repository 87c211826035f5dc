// The files html_page.css and html_page.js, as they were when coldstart was built.
#pragma once

namespace coldstart::results {

extern const char* const kPageCss;
extern const char* const kPageJs;

}  // namespace coldstart::results
