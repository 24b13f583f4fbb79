#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/dockerfile.h"
#include "catalogue/finding.h"
#include "catalogue/tree.h"
#include "oci/digest.h"
#include "oci/platform.h"

namespace eulerpublisher::catalogue {

// One tag of an image: what a meta.yml says about it, and what was found of it.
struct Entry {
  std::string tag;                  // as written
  std::string path;                 // as written; empty when the entry has none of the forms
  std::vector<Platform> platforms;  // amd64 and arm64 where nothing is said
  Place place;                      // of the tag
  Place path_place;
  std::string file;         // the Dockerfile or Distrofile, below the root; empty when it does not exist
  bool distroless = false;  // it is a Distrofile
  bool publishable = true;  // the file exists and can be built, the tag is legal and not `latest`

  // The folder of the file: what is handed to the engine as the build's context, below the root.
  std::string context() const;
};

// An image as a scene's image-list.yml names it, with the entries of its meta.yml in their order.
struct Image {
  std::string name;    // kserve-agent
  std::string scene;   // AI; empty for an image outside of a catalogue
  std::string folder;  // AI/kserve/agent, below the root
  Place place;         // in image-list.yml, or the meta.yml where no list names it
  std::vector<Entry> entries = {};

  std::string meta() const { return folder + "/meta.yml"; }
};

// Names one entry of a Catalogue.  Ordered as the catalogue is: by scene, list and meta.yml.
struct EntryId {
  size_t image = 0;
  size_t entry = 0;
  auto operator<=>(const EntryId&) const = default;
};

// A tree of scenes with everything that its lists, meta.yml and Dockerfiles say.  A value: read once, never
// changed.
struct Catalogue {
  Tree tree;
  std::string repositories = "openeuler";  // images are published as openeuler/NAME
  std::vector<Image> images;               // the scenes in alphabetical order, each in the order of its list
  std::set<std::string> listed;  // folders that an image-list.yml names, also those that are no Image for it
  std::map<std::string, Dockerfile> dockerfiles;  // by Entry::file; none for a Distrofile
  std::map<std::string, Digest> contents;         // of Dockerfiles and Distrofiles, by Entry::file
  Findings findings;                              // of reading; lint() adds the rest

  const Image& image(EntryId id) const { return images[id.image]; }
  const Entry& entry(EntryId id) const { return images[id.image].entries[id.entry]; }
  // `NAME:TAG`, as findings and messages call it.
  std::string name(EntryId id) const;
  // All entries under one name, of all scenes that have it.
  std::vector<EntryId> entries_of(std::string_view name) const;
  std::vector<EntryId> all_entries() const;
  // The first entry with this name and tag, or nothing.
  std::optional<EntryId> find(std::string_view name, std::string_view tag) const;
};

// What a person named: a whole catalogue or a part of it.
struct Location {
  std::filesystem::path root;  // of the catalogue it belongs to
  std::string below;           // the scene or image folder that is meant, below the root; empty: everything
};

// Finds the catalogue that a catalogue's root, a scene, an image's folder or a meta.yml belongs to: the
// nearest folder above that holds scenes (folders with an image-list.yml).  A meta.yml outside of any is an
// image by itself, named as its folder.  `not_found` when there is nothing of the kind.
Result<Location> locate(const std::filesystem::path& named);

// Reads a catalogue whole: image-list.yml and meta.yml of all scenes, and the Dockerfiles that they name. One
// bad entry spoils itself, not the rest: what is wrong stands in Catalogue::findings.  `unavailable` or
// `denied` when the tree itself cannot be read.
Result<Catalogue> read_catalogue(const Location& location, const std::string& repositories = "openeuler");

// Whether an image lies in what a person named.
bool is_meant(const Location& location, const Image& image);

}  // namespace eulerpublisher::catalogue
