#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eulerpublisher::catalogue {

enum class Severity { note, warning, error };
std::string_view name_of(Severity severity);

// What lint looks for.  The number of each, its severity and its meaning stand in one table, in rules.cc.
enum class Code {
  not_yaml,
  empty_meta,
  sequence_meta,
  record_meta,
  wrong_entry,
  wrong_architecture,
  illegal_tag,
  repeated_tag,
  missing_file,
  outside_path,
  shared_file,
  tag_and_folder,
  listed_twice,
  listed_differently,
  listed_without_folder,
  built_on_absent_folder,
  unlisted_folder,
  listed_without_meta,
  name_in_two_scenes,
  unnamed_dockerfile,
  identical_files,
  unknown_base,
  base_lacks_architecture,
  base_of_other_version,
  crlf,
  blanks_after_continuation,
  blank_line_in_continuation,
  entrypoint_not_json,
  wrong_dockerfile,
  cycle,
  mixed_versions,
  no_latest,
  wrong_latest,
  wrong_list,
  wrong_name,
  unreadable_file,
  latest_as_entry,
  readme_table,
  info_table,
};

// One line of the table of rules.
struct Rule {
  Code code;
  std::string_view number;  // EP-C012; never given to another rule
  Severity severity;
  std::string_view name;     // for SARIF: tag-and-folder-disagree
  std::string_view meaning;  // one sentence
};
std::span<const Rule> all_rules();
const Rule& rule_of(Code code);

// A place in a file of the catalogue.
struct Place {
  std::string file;  // below the catalogue's root, with slashes
  int line = 1;      // both count from one
  int column = 1;

  auto operator<=>(const Place&) const = default;
};

// One thing that was seen, with a hint what to do about it (may be empty).
struct Finding {
  Code code;
  Place place;
  std::string text;
  std::string hint;
  // What it is about: `NAME:TAG` for a tag, `NAME` for an image as a whole; empty when it is about a file.
  std::vector<std::string> about = {};

  Severity severity() const { return rule_of(code).severity; }
};

using Findings = std::vector<Finding>;

}  // namespace eulerpublisher::catalogue
