// This process's terminal, while a container's is shown on it.
#pragma once

#include <termios.h>

#include <optional>

#include "base/fd.h"

namespace podrun::kube {

struct TerminalSize {
  unsigned short columns = 0, rows = 0;
  bool operator==(const TerminalSize&) const = default;
};

/// Of standard output, or of standard input; nothing where neither is a terminal.
std::optional<TerminalSize> terminal_size();

/// Standard input passes each key on as it is, until this goes. A closed output becomes an error of
/// its write, so that this does go.
class RawTerminal {
 public:
  /// Nothing is changed where standard input is no terminal.
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  std::optional<termios> before_;
};

/// Readable when the window's size has changed (SIGWINCH).
class ResizeSignal {
 public:
  ResizeSignal();
  int descriptor() const { return fd_.get(); }
  void take();

 private:
  Fd fd_;
};

}  // namespace podrun::kube
