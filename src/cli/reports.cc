#include "cli/reports.h"

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace eulerpublisher::cli {
namespace {

namespace fs = std::filesystem;

Done write_whole(const std::string& file, const std::string& text) {
  fs::path unfinished = file + ".unfinished";
  std::ofstream out(unfinished, std::ios::binary);
  out << text;
  out.close();
  std::error_code failed;
  if (!out) {
    Error error = system_error(errno, "writing " + file);
    fs::remove(unfinished, failed);
    return error;
  }
  fs::rename(unfinished, file, failed);
  if (failed) return unavailable("writing {}: {}", file, failed.message());
  return {};
}

}  // namespace

Done write_reports(const Options& options, const std::vector<ImageReport>& reports) {
  if (!options.junit.empty()) TRY(write_whole(options.junit, print_junit(reports)).within("--junit"));
  if (!options.html.empty()) TRY(write_whole(options.html, print_html(reports)).within("--html"));
  return {};
}

}  // namespace eulerpublisher::cli
