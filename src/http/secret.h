#pragma once

#include <string>
#include <utility>

namespace eulerpublisher::http {

// Text that must not be shown: there is no way to print or format it, and it is overwritten when it goes.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      *this = std::as_const(other);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  // For the wire, and nothing else.
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  void wipe() noexcept {
    volatile char* byte = text_.data();
    for (size_t i = 0; i < text_.capacity(); ++i) byte[i] = 0;
    text_.clear();
  }
  std::string text_;
};

}  // namespace eulerpublisher::http
