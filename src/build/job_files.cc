#include "build/job_files.h"

#include <fstream>

#include "store/new_file.h"
#include "stream/stream.h"

namespace eulerpublisher::build {

namespace fs = std::filesystem;

Result<JobFiles> JobFiles::make(const fs::path& folder, const BuildJob& job) {
  TRY(make_folders(folder));
  JobFiles files(folder);
  std::ofstream out(files.dockerfile(), std::ios::binary);
  out << job.dockerfile;
  if (!out.flush()) return unavailable("{} cannot be written", files.dockerfile().string());
  return files;
}

JobFiles::~JobFiles() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<std::string> JobFiles::built_id() const {
  constexpr uint64_t longest_id = 1 << 10;
  std::string text = TRY(read_file(id().string(), longest_id));
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
  if (!text.starts_with("sha256:")) text = "sha256:" + text;
  Digest digest = TRY(Digest::parse(text).within("the engine tells no image's id"));
  return std::string(digest.hex());
}

}  // namespace eulerpublisher::build
