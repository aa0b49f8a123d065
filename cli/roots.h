// The folders that a command line names.
#pragma once

#include "cli/arguments.h"
#include "supervisor/pod/cleanup.h"

namespace podrun::cli {

/// --data-dir, --run-dir and --log-dir as absolute paths: other processes get them.
pod::Roots roots_of(const Arguments& arguments);
/// `path` from the working folder on, without a slash at its end.
std::string absolute(const std::string& path);

}  // namespace podrun::cli
