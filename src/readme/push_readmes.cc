#include "readme/push_readmes.h"

#include <nlohmann/json.hpp>

#include "base/task_group.h"

namespace eulerpublisher::readme {
namespace {

// What two texts must have in common to be the same to people.
std::string essence(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || (i + 1 < text.size() && text[i + 1] != '\n')) plain += text[i];
  plain.erase(plain.find_last_not_of(" \t\n\r") + 1);
  return plain;
}

Result<Pushed::State> push(const Readme& readme, DescriptionSite& site, bool dry_run, std::stop_token stop) {
  std::string there = TRY(site.read(readme.repository, stop));
  if (essence(there) == essence(readme.text)) return Pushed::State::unchanged;
  if (!dry_run) TRY(site.write(readme.repository, readme.text, stop));
  return Pushed::State::written;
}

Done look_at_all(const std::vector<Readme>& readmes, const std::vector<Place>& places) {
  for (const Readme& readme : readmes) {
    bool is_utf8 =
        nlohmann::json(readme.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore) ==
        nlohmann::json(readme.text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (!is_utf8) return invalid("{} is not UTF-8: registries take nothing else", readme.file);
    for (const Place& place : places) {
      auto longest = place.site->longest();
      size_t length = characters_in(readme.text);
      if (longest && length > *longest)
        return invalid("{} has {} characters, and {} takes {}: shorten it; nothing was sent", readme.file,
                       length, place.site->name(), *longest);
    }
  }
  return {};
}

}  // namespace

std::string_view name_of(Pushed::State state) {
  switch (state) {
    case Pushed::State::written:
      return "written";
    case Pushed::State::unchanged:
      return "unchanged";
    case Pushed::State::failed:
      return "failed";
  }
  return "failed";
}

size_t characters_in(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

Result<std::vector<Pushed>> push_readmes(const std::vector<Readme>& readmes, const std::vector<Place>& places,
                                         bool dry_run, std::stop_token stop) {
  TRY(look_at_all(readmes, places));
  std::vector<Pushed> all;
  for (const Place& place : places)
    for (const Readme& readme : readmes)
      all.push_back({place.registry, readme.repository.text(), Pushed::State::failed, {}});
  TaskGroup registries(stop);
  for (size_t i = 0; i < places.size(); ++i)
    registries.add([&, i](std::stop_token stop) -> Done {
      for (size_t j = 0; j < readmes.size(); ++j) {
        Pushed& pushed = all[i * readmes.size() + j];
        auto state = push(readmes[j], *places[i].site, dry_run, stop);
        if (state)
          pushed.state = *state;
        else
          pushed.because = state.error().text();
      }
      return {};
    });
  TRY(registries.wait());
  if (stop.stop_requested()) return cancelled("stopped");
  return all;
}

}  // namespace eulerpublisher::readme
