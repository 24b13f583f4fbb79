#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "oci/media_type.h"
#include "release/commit.h"
#include "support/memory_repository.h"

namespace eulerpublisher::test {

inline Tag tag(std::string_view text) { return *Tag::parse(text); }

// An index without children: the smallest thing a tag can name.
inline RawManifest image(const std::string& name) {
  Index index{std::string(media_type::index), {}, {{"name", name}}};
  return {index.media_type, index.print()};
}

// Two registries whose own tag, series tag and `latest` name the older image, and what moves them to the
// newer one.
class TaggedRegistries : public testing::Test {
 protected:
  TaggedRegistries() {
    for (auto& registry : registries) {
      for (const RawManifest& one : {older, newer}) EXPECT_TRUE(registry->put_manifest(one, {}).has_value());
      for (const char* name : names) EXPECT_TRUE(registry->tag(tag(name), older, {}).has_value());
      Plan plan{registry->name(), {}, {}, {}};
      for (const char* name : names)
        plan.moves.push_back({tag(name), older.digest(), newer.digest(), "a test"});
      lanes.push_back({{registry->name(), registry, registry}, plan, {}, {}});
    }
  }

  std::string named(size_t registry, const char* name) {
    auto found = registries[registry]->find(tag(name), {});
    if (!found || !*found) return "nothing";
    return (*found)->digest == newer.digest()   ? "newer"
           : (*found)->digest == older.digest() ? "older"
                                                : "other";
  }

  // Refuses to move this tag there from now on.
  void break_tag(size_t registry, const std::string& name) {
    registries[registry]->before = [name](const std::string& operation) -> Done {
      if (operation == "tag " + name) return unavailable("503 after 5 tries");
      return {};
    };
  }

  const char* names[3] = {"24.03-lts-sp1", "24.03", "latest"};
  RawManifest older = image("older");
  RawManifest newer = image("newer");
  std::vector<std::shared_ptr<MemoryRepository>> registries{
      std::make_shared<MemoryRepository>("a/openeuler"), std::make_shared<MemoryRepository>("b/openeuler")};
  std::vector<CommitLane> lanes;
};

}  // namespace eulerpublisher::test
