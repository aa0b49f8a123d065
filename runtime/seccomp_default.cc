#include "runtime/seccomp.h"

namespace podrun::runtime {

namespace {

constexpr unsigned char kProgram[] = {
#include "default_seccomp.inc"
};

}  // namespace

const SeccompProgram& default_seccomp_program() {
  static const SeccompProgram program(reinterpret_cast<const char*>(kProgram), sizeof kProgram);
  return program;
}

}  // namespace podrun::runtime
