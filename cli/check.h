// `podrun check`: the host doctor's findings as text or JSON.
#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "supervisor/check/assess.h"

namespace podrun::cli {

std::string check_text(const std::vector<check::Finding>& findings, bool color);
std::string check_json(const std::vector<check::Finding>& findings);
int check_host(const Arguments& arguments);

}  // namespace podrun::cli
