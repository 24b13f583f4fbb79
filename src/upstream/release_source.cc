#include "upstream/release_source.h"

#include "http/url.h"

namespace eulerpublisher {
namespace {

std::string without_slashes_at_end(std::string_view text) {
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  return std::string(text);
}

Result<std::string> folder_of_file_address(std::string_view text) {
  std::string_view rest = text.substr(std::string_view("file://").size());
  if (rest.starts_with("localhost/")) rest.remove_prefix(std::string_view("localhost").size());
  if (!rest.starts_with('/')) return invalid("the source {} must be written as file:///FOLDER", text);
  return std::string(rest);
}

}  // namespace

bool is_web_address(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

Result<ReleaseSource> ReleaseSource::parse(std::string_view text) {
  std::string name =
      is_web_address(text) && text.ends_with("://") ? std::string(text) : without_slashes_at_end(text);
  if (name.empty()) return invalid("a source is https://…, http://… or a folder, and not empty");
  if (name.starts_with("file://")) {
    std::string folder = TRY(folder_of_file_address(name));
    return ReleaseSource(name, std::move(folder), true);
  }
  if (!is_web_address(name)) {
    if (name.find("://") != name.npos)
      return invalid("the source {} is neither https://…, http://… nor a folder", name);
    return ReleaseSource(name, name, true);
  }
  std::string authority = name.substr(0, name.find('/', name.find("://") + 3));
  if (authority.find('@') != authority.npos)
    return invalid("the source {} carries a user or a password, which would become public with the image",
                   http::redact(name));
  if (name.find_first_of("?#") != name.npos)
    return invalid("the source {} must end before any ? or #", http::redact(name));
  TRY(http::Url::parse(name).within("the source {}", name));
  return ReleaseSource(name, name, false);
}

std::string ReleaseSource::at(std::string_view path) const {
  if (base_.ends_with('/')) return fmt::format("{}{}", base_, path);
  return fmt::format("{}/{}", base_, path);
}

Error status_error(std::string_view url, int status) {
  std::string text = fmt::format("{} → {}", url, status);
  if (status == 404 || status == 410) return {ErrorKind::not_found, std::move(text)};
  if (status == 401 || status == 403) return {ErrorKind::denied, std::move(text)};
  return {ErrorKind::unavailable, std::move(text)};
}

bool is_passing(int status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

}  // namespace eulerpublisher
