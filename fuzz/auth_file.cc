#include "fuzz/target.h"
#include "http/auth_file.h"
#include "http/registries_file.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)http::AuthFile::parse(text_of(data, size), "auth.json");
  (void)http::RegistriesFile::parse(text_of(data, size), "registries.yaml",
                                    [](const std::string&) -> std::optional<std::string> { return {}; });
  return 0;
}
