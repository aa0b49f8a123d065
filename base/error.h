// Errors that carry context: what was being done, to which object, why it failed, what to do.
#pragma once

#include <exception>
#include <string>

namespace podrun {

/// An operation failed. `what()` reads "<doing>: <errno's text>" followed by " (<hint>)" if there
/// is one.
class Error : public std::exception {
 public:
  /// `doing` names the act and its object ("mount proc at /proc"); `errno_value` 0 means none.
  explicit Error(std::string doing, int errno_value = 0, std::string hint = "");

  const char* what() const noexcept override { return text_.c_str(); }
  int errno_value() const noexcept { return errno_value_; }
  const std::string& hint() const noexcept { return hint_; }

  /// The same error inside a larger act: "container kubia: mount proc at /proc: …".
  Error within(const std::string& larger_act) const;

 private:
  void compose();
  std::string doing_;
  int errno_value_;
  std::string hint_;
  std::string text_;
};

/// What a user gave is wrong (manifest, archive, flag). Nothing was changed; the CLI exits with 2.
class BadInput : public Error {
 public:
  explicit BadInput(std::string text, std::string hint = "")
      : Error(std::move(text), 0, std::move(hint)) {}
};

/// Throws Error(doing) with the current errno.
[[noreturn]] void throw_errno(std::string doing, std::string hint = "");

/// The text of an errno value, thread-safe ("No such file or directory").
std::string errno_text(int errno_value);

}  // namespace podrun
