#pragma once

#include <map>
#include <string>
#include <string_view>

namespace eulerpublisher {

// One question to a container: a script of sh, and what came of it.
struct Answer {
  bool there = false;  // the program it asks for is there, and the question was asked
  int status = 0;
  std::string text;  // both outputs
};

// What a container answered to every question, by name.
class Probe {
 public:
  // The script that asks all questions; whatever sh understands it runs.
  static std::string script();
  // What that script printed.  A question whose answer was cut off is not there.
  static Probe parse(std::string_view said);

  // Of any name.
  const Answer& operator[](std::string_view question) const;

 private:
  std::map<std::string, Answer, std::less<>> answers_;
};

}  // namespace eulerpublisher
