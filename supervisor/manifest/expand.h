// `$(VAR)` in commands, arguments and variables, as Kubernetes expands it. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::manifest {

/// `$(NAME)` becomes the variable's value, or stays as it is where there is none; `$$` is one `$`,
/// so that `$$(NAME)` is the text `$(NAME)`; what is not closed stays
/// (k8s.io/kubernetes/third_party/forked/golang/expansion). `missing` gets the names that have no
/// value.
std::string expand(std::string_view text, const std::map<std::string, std::string>& variables,
                   std::vector<std::string>* missing = nullptr);

}  // namespace podrun::manifest
