// Run while podrun is built: writes the default profile's program as a C++ array.
//   seccomp_generate FILE
#include <cstdio>

#include "base/error.h"
#include "base/files.h"
#include "runtime/seccomp_compile.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    const std::string program =
        podrun::runtime::compile_seccomp(podrun::runtime::default_capabilities());
    std::string text = "// Made by seccomp_generate.\n";
    char byte[8];
    for (std::size_t i = 0; i < program.size(); ++i) {
      std::snprintf(byte, sizeof byte, "%u,", static_cast<unsigned char>(program[i]));
      text += byte;
      if (i % 24 == 23) text += '\n';
    }
    podrun::replace_file(argv[1], text + "\n");
  } catch (const podrun::Error& error) {
    std::fprintf(stderr, "seccomp_generate: %s\n", error.what());
    return 1;
  }
}
