#include "cli/image_name.h"

namespace eulerpublisher::cli {
namespace {

// Splits `NAME@DIGEST` and `NAME:TAG`, where a colon before the last slash belongs to a port or a path.
std::pair<std::string, std::string> split_reference(const std::string& text) {
  if (size_t at = text.find('@'); at != text.npos) return {text.substr(0, at), text.substr(at + 1)};
  size_t slash = text.rfind('/');
  size_t colon = text.rfind(':');
  bool in_name = colon == text.npos || (slash != text.npos && colon < slash);
  if (in_name) return {text, "latest"};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// As docker tells a registry from the first part of a name.
bool is_host(std::string_view part) {
  return part.find('.') != part.npos || part.find(':') != part.npos || part == "localhost";
}

}  // namespace

Done expect_reference(const std::string& reference) {
  if (reference.find(':') != reference.npos) {
    TRY(Digest::parse(reference));
  } else {
    TRY(Tag::parse(reference));
  }
  return {};
}

Result<ImageName> ImageName::parse(const std::string& text) {
  constexpr std::string_view oci = "oci:";
  bool folder = text.starts_with(oci);
  auto [name, reference] = split_reference(folder ? text.substr(oci.size()) : text);
  TRY(expect_reference(reference).within("the image {}", text));
  if (folder) {
    if (name.empty()) return invalid("'{}' names no folder: write it like oci:images:24.03-lts", text);
    // The repository's name stands for nothing in a folder.
    RepositoryName any = TRY(RepositoryName::parse("openeuler/openeuler"));
    return ImageName{text, {std::string(oci) + name, std::nullopt, name, any}, reference};
  }
  std::string host = "docker.io", repository = name;
  size_t slash = name.find('/');
  if (slash != name.npos && is_host(name.substr(0, slash))) {
    host = name.substr(0, slash);
    repository = name.substr(slash + 1);
  } else if (slash == name.npos) {
    repository = "library/" + name;
  }
  RegistryHost registry = TRY(RegistryHost::parse(host).within("the image {}", text));
  RepositoryName parsed = TRY(RepositoryName::parse(repository).within("the image {}", text));
  return ImageName{text, {host, registry, {}, parsed}, reference};
}

Result<Descriptor> find_image(RepositoryReader& reader, const std::string& reference, std::stop_token stop) {
  if (auto digest = Digest::parse(reference)) {
    RawManifest manifest = TRY(reader.manifest(*digest, stop));
    return manifest.descriptor();
  }
  Tag tag = TRY(Tag::parse(reference));
  auto found = TRY(reader.find(tag, stop));
  if (!found) return not_found("{} has no tag {}", reader.name(), tag.text());
  return *found;
}

}  // namespace eulerpublisher::cli
