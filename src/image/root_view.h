#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "image/layer_watcher.h"

namespace eulerpublisher {

// What a conversion wants to know of one file of a layer.
struct FileFact {
  TarEntry entry;                      // with its plain name
  std::optional<std::string> content;  // of the few files that are read whole
  std::optional<uint16_t> machine;     // e_machine of an ELF file
};

// What a conversion wants to know of one layer: the files whose content or kind decides something, the links
// that lead to them, and what the layer removes from those below it (OCI image-spec, layer.md, "Whiteouts").
struct LayerFacts {
  std::vector<FileFact> files;       // in the order of the tar
  std::vector<std::string> removed;  // .wh.NAME
  std::vector<std::string> hidden;   // folders with .wh..wh..opq: what lower layers have in them
};

// Collects them.
class FactsWatcher : public LayerWatcher {
 public:
  Result<uint64_t> entry(const TarEntry& entry) override;
  Done content(const TarEntry& entry, std::string bytes) override;
  Done end() override { return {}; }
  LayerFacts take() { return std::move(facts_); }

 private:
  Done keep(FileFact fact);

  LayerFacts facts_;
  uint64_t kept_ = 0;  // bytes, about
};

// The files of all layers together, as far as they are known.
class RootView {
 public:
  // The next layer, the lowest first.
  void add(const LayerFacts& layer);

  // What is under this very name, or null.
  const FileFact* at(const std::string& path) const;
  // The path with all links followed, within the root; nothing when they go round in circles.
  std::optional<std::string> resolve(std::string_view path) const;
  // What is there when all links have been followed, or null.
  const FileFact* find(std::string_view path) const;

 private:
  void remove_below(const std::string& folder);

  std::map<std::string, FileFact> files_;
};

}  // namespace eulerpublisher
