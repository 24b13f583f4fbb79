#pragma once

#include "page/page.h"
#include "report/image_report.h"

namespace eulerpublisher {

// What became different since the image before: sizes, packages, configuration, folders and files of each
// platform. Or why nothing is known of it.
void add_comparison(page::Page& page, const ImageReport& report);

}  // namespace eulerpublisher
