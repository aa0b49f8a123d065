// One function for each alternative of a std::variant: std::visit(Cases{…}, value).
#pragma once

namespace podrun::client {

template <class... Ts>
struct Cases : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Cases(Ts...) -> Cases<Ts...>;  // clang before 17 asks for it

}  // namespace podrun::client
