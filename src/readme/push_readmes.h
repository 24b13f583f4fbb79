#pragma once

#include <string>
#include <vector>

#include "readme/description_site.h"

namespace eulerpublisher::readme {

// A text for a repository.
struct Readme {
  RepositoryName repository;
  std::string file;  // for people
  std::string text;
};

// One registry, by what it is called and how its descriptions are reached.
struct Place {
  std::string registry;
  std::unique_ptr<DescriptionSite> site;
};

// What became of one text in one registry.
struct Pushed {
  enum class State { written, unchanged, failed };
  std::string registry;
  std::string repository;
  State state = State::failed;
  std::string because;  // why it failed
};
std::string_view name_of(Pushed::State state);

// How many characters a UTF-8 text has; bytes that are none count as one each.
size_t characters_in(std::string_view text);

// Gives every registry every text that it does not have yet; line ends and blanks at the end do not count as
// a difference.  `invalid`, before anything is asked, when one is longer than a registry takes, or is no
// UTF-8.  What fails in one place stops nothing elsewhere.  In the order of places and texts.
Result<std::vector<Pushed>> push_readmes(const std::vector<Readme>& readmes, const std::vector<Place>& places,
                                         bool dry_run, std::stop_token stop);

}  // namespace eulerpublisher::readme
