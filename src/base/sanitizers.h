#pragma once

namespace eulerpublisher {

// Whether this is a build with AddressSanitizer or ThreadSanitizer: they take more addresses than there is
// memory, and look into a process from outside.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

}  // namespace eulerpublisher
