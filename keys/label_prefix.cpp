#include "keys/label_prefix.hpp"

#include <charconv>

namespace custdkim {

Result<std::size_t> restores_in(const std::optional<Bytes>& note) {
    if (!note) return std::size_t{0};
    const std::string text(note->begin(), note->end());
    std::size_t restores = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), restores);
    if (error == std::errc() && end == text.data() + text.size() && restores <= most_restores)
        return restores;
    return Error{Errc::corrupt, "the store does not say how often it was restored; restore it from a backup"};
}

std::string label_prefix(std::size_t restores) {
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string prefix;
    for (; restores > 0; restores /= digits.size())
        prefix.insert(prefix.begin(), digits[restores % digits.size()]);
    return prefix;
}

}  // namespace custdkim
