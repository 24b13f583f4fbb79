#include "build/buildkit_door.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <vector>

#include "support/unix_socket.h"

namespace eulerpublisher {

namespace {

// Whether something came, or the other side left, within a moment.
bool has_news(int socket) {
  pollfd one{socket, POLLIN, 0};
  return poll(&one, 1, 50) > 0;
}

// Hands on what came; false: the one who sends has left, or nobody takes it any more.
bool hand_on(int from, int to) {
  char bytes[65536];
  ssize_t size = ::recv(from, bytes, sizeof bytes, 0);
  for (ssize_t at = 0; at < size;) {
    ssize_t sent = ::send(to, bytes + at, static_cast<size_t>(size - at), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += sent;
  }
  return size > 0;
}

}  // namespace

BuildkitDoor::BuildkitDoor(std::filesystem::path dockerd)
    : dockerd_(std::move(dockerd)), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  EXPECT_EQ(test::at_path(::bind, listener_.get(), path_), 0);
  EXPECT_EQ(::listen(listener_.get(), 16), 0);
  keeper_ = std::jthread([this](const std::stop_token& stop) {
    std::vector<std::jthread> guests;
    while (!stop.stop_requested()) {
      if (!has_news(listener_.get())) continue;
      int guest = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      guests.emplace_back([this, guest](const std::stop_token& stopped) { lead(guest, stopped); });
    }
  });
}

void BuildkitDoor::lead(int guest, const std::stop_token& stop) const {
  FileHandle inside(guest), outside(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string ask =
      "POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
  if (test::at_path(::connect, outside.get(), dockerd_) != 0 ||
      ::send(outside.get(), ask.data(), ask.size(), MSG_NOSIGNAL) < 0)
    return;
  std::string answer;
  for (char c; !answer.ends_with("\r\n\r\n"); answer += c)
    if (::recv(outside.get(), &c, 1, 0) != 1) return;
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  while (!stop.stop_requested()) {
    pollfd both[] = {{inside.get(), POLLIN, 0}, {outside.get(), POLLIN, 0}};
    if (poll(both, 2, 50) <= 0) continue;
    if (both[0].revents && !hand_on(inside.get(), outside.get())) return;
    if (both[1].revents && !hand_on(outside.get(), inside.get())) return;
  }
}

}  // namespace eulerpublisher
