#include "inspect/elf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eulerpublisher {
namespace {

struct Machine {
  std::string_view architecture;
  uint16_t elf;  // e_machine
};
constexpr std::array<Machine, 8> machines{{{"386", 3},
                                           {"amd64", 62},
                                           {"arm", 40},
                                           {"arm64", 183},
                                           {"loong64", 258},
                                           {"ppc64le", 21},
                                           {"riscv64", 243},
                                           {"s390x", 22}}};

}  // namespace

std::optional<uint16_t> elf_machine(std::string_view head) {
  if (head.size() < elf_head || !head.starts_with("\x7f"
                                                  "ELF"))
    return std::nullopt;
  auto low = static_cast<uint8_t>(head[18]);
  auto high = static_cast<uint8_t>(head[19]);
  bool big_endian = head[5] == 2;
  if (big_endian) std::swap(low, high);
  return static_cast<uint16_t>(low | (high << 8));
}

std::optional<uint16_t> elf_machine_of(const Platform& platform) {
  auto known = std::ranges::find(machines, platform.architecture, &Machine::architecture);
  if (known == machines.end()) return std::nullopt;
  return known->elf;
}

std::string name_of_elf_machine(uint16_t machine) {
  auto known = std::ranges::find(machines, machine, &Machine::elf);
  return known == machines.end() ? fmt::format("ELF machine {}", machine) : std::string(known->architecture);
}

}  // namespace eulerpublisher
