# bash completion for powerreport: commands and options are asked of the program itself, so they are never out of date.

_powerreport_months()
{
	local back
	for back in 1 2 3 4 5 6 7 8 9 10 11 12; do
		date -d "$(date +%Y-%m-15) -$back month" +%Y-%m 2>/dev/null # from the 15th: each month has one
	done
}

_powerreport_files()
{
	compopt -o filenames 2>/dev/null # not where it is called by hand
	mapfile -t COMPREPLY < <(compgen "$1" -- "$2")
}

_powerreport()
{
	local program=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} help='' words='' before=''

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words=$(command "$program" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$words --help --version" -- "$current")
		return
	fi
	# --option=value comes as three words.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
	--edition) words='single management platform' ;;
	--format) words='pdf xlsx json png svg layout' ;;
	--metric) words='current voltage line_voltage power reactive power_factor thd_u thd_i temperature residual_current' ;;
	--codes) words='low_power_factor high_thd_u high_thd_i' ;;
	--step) words='1m 5m 15m 30m 1h 1d' ;;
	--locale) words='zh-CN en' ;;
	--month) words=$(_powerreport_months) ;;
	--config | --db | -o)
		_powerreport_files -f "$current"
		return
		;;
	--out | --draft)
		_powerreport_files -d "$current"
		return
		;;
	*)
		help=$(command "$program" "$command" --help 2>/dev/null)
		if [[ $previous == -* ]] && grep -qE -- "(^|[ [])$previous [A-Z]" <<<"$help"; then
			return # a value that only the caller knows
		elif [[ $current != -* && $command == import ]]; then
			_powerreport_files -d "$current"
			return
		fi
		words=$(grep -oE -- '(^|[ [|])--?[a-z][a-z-]*' <<<"$help" | tr -d ' [|' | sort -u)
		;;
	esac
	# The last of a list with commas.
	if [[ $previous == @(--format|--metric|--codes) && $current == *,* ]]; then
		before=${current%,*},
		current=${current##*,}
	fi
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "$current")
}

complete -F _powerreport powerreport
