#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oci/platform.h"

namespace eulerpublisher {

// As many bytes of a file as elf_machine() wants: up to e_machine.
inline constexpr uint64_t elf_head = 20;

// e_machine of an ELF file (elf(5)), or nothing when this is not the beginning of one.
std::optional<uint16_t> elf_machine(std::string_view head);

// e_machine of programs for this platform, or nothing when it is not known here.
std::optional<uint16_t> elf_machine_of(const Platform& platform);

// `arm64`, or `ELF machine 7` for one that is not known here.
std::string name_of_elf_machine(uint16_t machine);

}  // namespace eulerpublisher
