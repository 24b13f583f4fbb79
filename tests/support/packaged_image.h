#pragma once

#include <optional>
#include <string>

#include "support/runnable_image.h"

namespace eulerpublisher::test {

// A system that really runs and has a real rpm and a real dnf, copied from this machine's packages.  Its rpm
// database knows one package, which brought /usr/bin/tool; wget, tar, vim and make lie in a repository and
// are empty.
class PackagedImage {
 public:
  // Why it cannot be made here, or nothing.
  static std::optional<std::string> hindrance();
  PackagedImage();

  RunnableImage& image() { return image_; }
  // A folder to be served.
  std::filesystem::path repository() const { return folder_ / "repository"; }
  // dnf is to look there and nowhere else; empty: nowhere.
  void set_repository(const std::string& url);

 private:
  // An rpm package that brings this file; `more`: lines of its specification.
  void build(const std::string& name, const std::string& file, const std::string& more = {});

  TempFolder folder_{"ep-packaged"};
  RunnableImage image_{*Platform::parse("amd64")};
};

}  // namespace eulerpublisher::test
