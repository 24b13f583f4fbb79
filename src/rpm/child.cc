#include "rpm/child.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdio>
#include <string_view>

#include "base/sanitizers.h"
#include "rpm/read_database.h"
#include "rpm/read_packages.h"
#include "rpm/seal_off.h"

namespace eulerpublisher {
namespace {

void limit(int resource, rlim_t most) {
  rlimit limits{most, most};
  setrlimit(static_cast<__rlimit_resource>(resource), &limits);
}

}  // namespace

std::optional<int> run_as_reader(int argc, char** argv) {
  if (argc != 3 || std::string_view(argv[1]) != reader_command) return std::nullopt;
  if (!sanitized) limit(RLIMIT_AS, 2ull << 30);
  limit(RLIMIT_CPU, 30);
  limit(RLIMIT_FSIZE, 16 << 20);  // SQLite's index of what is not yet in the database
  limit(RLIMIT_CORE, 0);
  seal_off();
  auto packages = read_database(argv[2]);
  std::string text = packages ? print_packages(*packages) : packages.error().cause();
  std::FILE* output = packages ? stdout : stderr;
  std::fwrite(text.data(), 1, text.size(), output);
  if (std::fflush(output) != 0) return reader_cannot_look;
  if (packages) return 0;
  return packages.error().kind() == ErrorKind::corrupt ? reader_refuses : reader_cannot_look;
}

}  // namespace eulerpublisher
