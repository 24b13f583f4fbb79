#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>

namespace eulerpublisher::test {

// Either of ::bind and ::connect, to a path; what it returns.
template <typename Call>
int at_path(Call call, int socket, const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  return call(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
}

}  // namespace eulerpublisher::test
