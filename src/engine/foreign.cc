#include "engine/foreign.h"

#include <sys/utsname.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/hex.h"
#include "inspect/elf.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

std::string own_machine() {
  utsname name{};
  return uname(&name) == 0 ? name.machine : "";
}

// The beginning of a program for this platform (elf(5)): what the kernel compares.
std::string elf_head_for(const Platform& platform, uint16_t machine) {
  bool wide = platform.architecture != "386" && platform.architecture != "arm";
  bool big_endian = platform.architecture == "s390x";
  std::string head(
      "\x7f"
      "ELF",
      4);
  head += wide ? '\2' : '\1';
  head += big_endian ? '\2' : '\1';
  head += '\1';
  head.resize(16, '\0');
  for (uint16_t value : {uint16_t{2}, machine}) {  // an executable
    char low = static_cast<char>(value & 0xff), high = static_cast<char>(value >> 8);
    head += big_endian ? high : low;
    head += big_endian ? low : high;
  }
  return head;
}

// One entry of binfmt_misc: words and their values, line by line (Documentation/admin-guide/binfmt-misc.rst).
struct Interpreter {
  bool enabled = false;
  std::map<std::string, std::string> facts;
};

Interpreter read_entry(const fs::path& file) {
  Interpreter interpreter;
  std::ifstream text(file);
  for (std::string line; std::getline(text, line);) {
    if (line == "enabled") interpreter.enabled = true;
    std::istringstream words(line);
    std::string name, value;
    words >> name >> value;
    if (name.ends_with(':')) name.pop_back();
    interpreter.facts[name] = value;
  }
  return interpreter;
}

unsigned digit(char letter) {
  return static_cast<unsigned>(letter <= '9' ? letter - '0' : letter - 'a' + 10);
}

// Both in hexadecimal, as the kernel prints them.
bool recognises(Interpreter& interpreter, const std::string& head) {
  std::string magic = interpreter.facts["magic"], mask = interpreter.facts["mask"];
  if (magic.empty() || magic.size() > head.size() || !is_hex(magic) || !is_hex(mask)) return false;
  for (size_t i = 0; i < magic.size(); ++i) {
    unsigned through = i < mask.size() ? digit(mask[i]) : 15;
    if ((digit(head[i]) & through) != (digit(magic[i]) & through)) return false;
  }
  return true;
}

}  // namespace

bool is_native(const Platform& platform) {
  std::string machine = own_machine();
  if (platform.os != "linux") return false;
  if (platform.machine() == machine) return true;
  return machine == "x86_64" && platform.architecture == "386";
}

std::optional<std::string> cannot_run(const Platform& platform, const fs::path& binfmt) {
  if (is_native(platform)) return std::nullopt;
  auto machine = elf_machine_of(platform);
  if (platform.os != "linux" || !machine)
    return fmt::format("programs for {} cannot run on {}", platform.text(), own_machine());
  std::string program = elf_head_for(platform, *machine);
  std::string head = to_hex(std::as_bytes(std::span(program.data(), program.size())));
  std::error_code failed;
  bool stays_outside = false;
  for (const fs::directory_entry& entry : fs::directory_iterator(binfmt, failed)) {
    std::string name = entry.path().filename().string();
    if (name == "register" || name == "status") continue;
    Interpreter interpreter = read_entry(entry.path());
    if (!interpreter.enabled || !recognises(interpreter, head)) continue;
    // F: opened when it was registered, so that a container need not hold it.
    if (interpreter.facts["flags"].find('F') != std::string::npos) return std::nullopt;
    stays_outside = true;
  }
  if (stays_outside)
    return fmt::format(
        "the interpreter for {} is not registered for containers (flag F of binfmt_misc): install "
        "qemu-user-static",
        platform.machine());
  return fmt::format(
      "this machine is {} and has no interpreter for {} registered (binfmt_misc): install "
      "qemu-user-static",
      own_machine(), platform.machine());
}

}  // namespace eulerpublisher
